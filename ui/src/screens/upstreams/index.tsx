export { UpstreamsScreen } from "./UpstreamsScreen";
