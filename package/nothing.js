// A server has no elements: what defines them does nothing there, and neither does what is only types.
export {};
