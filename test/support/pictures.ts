import sharp from 'sharp';

const RED = { r: 200, g: 30, b: 30 };

/** A plain picture of this size and kind. */
export const picture = (
  width: number,
  height: number,
  kind: 'png' | 'jpeg' | 'webp' | 'gif' = 'png',
): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: RED }, limitInputPixels: false })
    .toFormat(kind, { palette: true, compressionLevel: 9 })
    .toBuffer();

/** A GIF of two frames, red and blue. */
export async function animation(): Promise<Buffer> {
  const frame = (background: string) => sharp({ create: { width: 40, height: 20, channels: 3, background } }).png();
  const frames = await Promise.all(['red', 'blue'].map((colour) => frame(colour).toBuffer()));
  return sharp(frames, { join: { animated: true } })
    .gif({ delay: [100, 100] })
    .toBuffer();
}

/** A JPEG that lies on its side and tells where it was taken. */
export async function photograph(): Promise<Buffer> {
  const exif = { IFD0: { Copyright: 'the secret place' }, IFD3: { GPSLatitude: '51/1 30/1 0/1' } };
  return sharp(await picture(300, 100, 'jpeg'))
    .withExif(exif)
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer();
}
