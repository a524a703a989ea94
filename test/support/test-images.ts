import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';

const RED = { r: 200, g: 30, b: 30 };

/** Creates a plain image of this size and format. */
export const createImage = (
  width: number,
  height: number,
  kind: 'png' | 'jpeg' | 'webp' | 'gif' = 'png',
): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: RED }, limitInputPixels: false })
    .toFormat(kind, { palette: true, compressionLevel: 9 })
    .toBuffer();

/** Creates a black square PNG with 1 bit per pixel. With sharp, a large image takes ten seconds. */
export function createLargePng(side: number): Buffer {
  const header = Buffer.alloc(13); // the last four fields stay 0: grey, deflated, with filters, not interlaced
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header[8] = 1; // bit per pixel
  const lines = Buffer.alloc(side * (1 + Math.ceil(side / 8))); // each with its filter in front
  const chunks = [pngChunk('IHDR', header), pngChunk('IDAT', deflateSync(lines)), pngChunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...chunks]);
}

function pngChunk(type: string, data: Buffer): Buffer {
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  const checked = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(checked));
  return Buffer.concat([length, checked, checksum]);
}

/** Creates a GIF with a red and a blue frame. */
export async function createAnimatedGif(): Promise<Buffer> {
  const frame = (background: string) => sharp({ create: { width: 40, height: 20, channels: 3, background } }).png();
  const frames = await Promise.all(['red', 'blue'].map((colour) => frame(colour).toBuffer()));
  return sharp(frames, { join: { animated: true } })
    .gif({ delay: [100, 100] })
    .toBuffer();
}

/** Creates a JPEG with a rotated orientation and GPS coordinates. */
export async function createRotatedJpeg(): Promise<Buffer> {
  const exif = { IFD0: { Copyright: 'the secret place' }, IFD3: { GPSLatitude: '51/1 30/1 0/1' } };
  return sharp(await createImage(300, 100, 'jpeg'))
    .withExif(exif)
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer();
}
