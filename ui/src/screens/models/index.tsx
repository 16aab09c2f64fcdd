export { ModelsScreen } from "./ModelsScreen";
