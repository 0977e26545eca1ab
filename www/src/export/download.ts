/** Gives the reader a file of their own. */
export function download(name: string, content: BlobPart): void {
  const url = URL.createObjectURL(new Blob([content]));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // Some browsers read it only after this.
  setTimeout(() => { URL.revokeObjectURL(url); }, 60_000);
}
