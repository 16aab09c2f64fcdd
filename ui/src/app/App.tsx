import { useEffect, useState } from "react";

import { type HouseState, watchHouse } from "../host/house";
import { HouseScreen } from "../screens/HouseScreen";

export function App() {
  const [house, setHouse] = useState<HouseState>({ state: "starting" });
  useEffect(() => watchHouse(setHouse), []);
  return <HouseScreen house={house} />;
}
