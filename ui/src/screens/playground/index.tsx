export { PlaygroundScreen } from "./PlaygroundScreen";
