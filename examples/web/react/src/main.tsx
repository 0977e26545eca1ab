import { createRoot } from "react-dom/client";
import { Course } from "./course";

const root = document.getElementById("root");
if (root) createRoot(root).render(<Course />);
