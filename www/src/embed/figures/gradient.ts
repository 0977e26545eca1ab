import "../hosted"; // before the figure: an element that is on the page already comes to life as soon as it is defined
import "../../figures/lr-gradient";
