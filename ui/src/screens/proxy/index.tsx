export { ProxyScreen } from "./ProxyScreen";
