const done = arguments[arguments.length - 1];
const wanted = arguments[0];

const moving = () =>
  document.getAnimations().some(({ playState, effect }) => playState === "running" && effect.getComputedTiming().endTime !== Infinity);

const holds = () =>
  document.querySelector(wanted) &&
  document.fonts.status === "loaded" &&
  !document.querySelector(".animate-pulse-soft, main [aria-busy=true]") &&
  !moving();

// Two pictures in a row: what has just been read is drawn in the second.
let calm = 0;
const look = () => {
  calm = holds() ? calm + 1 : 0;
  if (calm > 2) done(true);
  else requestAnimationFrame(look);
};
look();
