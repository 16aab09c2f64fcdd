export { ConnectScreen } from "./ConnectScreen";
