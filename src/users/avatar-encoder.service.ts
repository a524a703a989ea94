import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { HubError } from '../domain/hub-error.js';
import { imageKind } from './image-kind.js';
import { isPlainSvg } from './plain-svg.js';

/** Width and height in pixels. */
const MAX_SIDE = 512;

/** A small file can decompress to more pixels than fit in memory, so the limit is checked before decoding. */
const MAX_PIXELS = 4096 * 4096;
const TIMEOUT_SECONDS = 10;

/** An encoded avatar. */
export interface AvatarImage {
  readonly content: Buffer;
  readonly mediaType: string;
  /** Hex SHA-256 of the content. */
  readonly sha256: string;
}

/** Re-encodes images from users and other hubs. Only the pixels of the first frame are kept, without metadata or scripts. */
@Injectable()
export class AvatarEncoder {
  /**
   * Encodes the first frame as an upright WebP of at most 512 × 512 pixels.
   * @throws HubError `BadRequest` if the image is not PNG, JPEG, GIF or WebP, is corrupt, or has more than 16 million pixels
   */
  async encode(bytes: Buffer): Promise<AvatarImage> {
    if (imageKind(bytes) === undefined)
      throw new HubError('BadRequest', 'Unsupported image format. Upload a PNG, JPEG, GIF or WebP image.', {
        status: 415,
      });
    return this.render(bytes);
  }

  /** Encodes an image from another hub, which may also be a plain SVG (ADR 6); `undefined` if it is unsupported or corrupt. */
  async encodeExternal(bytes: Buffer): Promise<AvatarImage | undefined> {
    if (imageKind(bytes) === undefined && !isPlainSvg(bytes)) return undefined;
    return this.render(bytes).catch((error: unknown) => {
      if (error instanceof HubError) return undefined;
      throw error;
    });
  }

  private async render(bytes: Buffer): Promise<AvatarImage> {
    const { default: sharp } = await import('sharp'); // loaded on demand: it takes 15 MB, and most processes never need it
    const content = await sharp(bytes, { limitInputPixels: MAX_PIXELS, sequentialRead: true, failOn: 'warning' })
      .autoOrient()
      .resize(MAX_SIDE, MAX_SIDE, { fit: 'inside', withoutEnlargement: true })
      .webp()
      .timeout({ seconds: TIMEOUT_SECONDS })
      .toBuffer()
      .catch((cause: Error) => {
        throw new HubError('BadRequest', 'The image could not be decoded', { detail: firstLine(cause.message), cause });
      });
    return { content, mediaType: 'image/webp', sha256: createHash('sha256').update(content).digest('hex') };
  }
}

const firstLine = (text: string): string => text.split('\n', 1)[0]!;
