export { AccountsScreen } from "./AccountsScreen";
