export { RequestsScreen } from "./RequestsScreen";
