export { ConversationsScreen } from "./ConversationsScreen";
