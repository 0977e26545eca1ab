// The elements' types.
import "./dist/leftright.js";
