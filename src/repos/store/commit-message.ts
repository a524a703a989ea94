import { HubError } from '../../domain/hub-error.js';

/** A commit's words as they are shown: the first line, and the rest. */
export interface CommitMessage {
  readonly title: string;
  readonly description: string;
}

/**
 * Title and description of a commit from what a client sent; a summary of several lines gives its first to the title.
 * @throws HubError BadRequest when no title is left
 */
export function commitMessage(summary: string, description = ''): CommitMessage {
  const [title = '', ...more] = clean(summary).split('\n');
  if (title === '') throw new HubError('BadRequest', 'A commit needs a summary');
  return { title: title.trimEnd(), description: clean([...more, '', description].join('\n')) };
}

/** Git's messages hold no NUL and end their lines in LF. */
const clean = (text: string): string => text.replaceAll('\0', '').replaceAll(/\r\n?/g, '\n').trim();

/** A name as it may stand in a commit: the characters that delimit it in git are left out. */
export const signatureName = (name: string): string => name.replaceAll(/[<>\n\0]/g, '').trim();
