/** Dots to each of the page's pixels. */
const SCALE = 2;

/** An SVG as a PNG, drawn by the browser itself. */
export async function bitmap(svg: string): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(image.width * SCALE);
  canvas.height = Math.round(image.height * SCALE);
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => { if (blob) resolve(blob); else reject(new Error("the picture is too large for this browser")); }, "image/png");
  });
}
