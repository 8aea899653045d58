/** A QR code as SVG: black on white whatever the page's colours are, for cameras read nothing else well. Loaded when it is first asked for. */
export async function qrCode(text: string): Promise<string> {
  const { renderSVG } = await import("uqr");
  return renderSVG(text, { ecc: "M", border: 4, pixelSize: 4 });
}
