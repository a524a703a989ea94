import type { Operation } from '../../domain/operation.js';
import { stripXetFromEntries, stripXetFromInfo } from './strip-xet.js';

/** A repository answer in our shape, which is the hub's own: what remains is to take the Xet hints out. */
export function decodeRepositoryJson(operation: Operation, json: unknown): unknown {
  switch (operation.kind) {
    case 'info':
    case 'revision':
      return stripXetFromInfo(json as Record<string, unknown>);
    case 'tree':
    case 'pathsInfo':
      return stripXetFromEntries(json as unknown[]);
    case 'refs':
    case 'commits':
    case 'resolve':
      return json;
  }
}
