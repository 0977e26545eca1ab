// A page that was updated on the server while it was open here asks for scripts that are no longer there.

/** Whether the page on the server is another than this one: whether it loads another script first. */
export async function isUpdated(): Promise<boolean> {
  try {
    const response = await fetch(new URL("./", document.baseURI), { cache: "no-store" });
    if (!response.ok) return false;
    const script = document.querySelector<HTMLScriptElement>("script[type=module]")?.getAttribute("src") ?? "";
    return !(await response.text()).includes(script);
  } catch {
    return false;
  }
}
