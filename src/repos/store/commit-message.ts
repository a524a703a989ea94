import { HubError } from '../../domain/hub-error.js';

/** A commit message, split as it is displayed. */
export interface CommitMessage {
  readonly title: string;
  readonly description: string;
}

/**
 * Builds a commit message from a client's input. The first line of the summary becomes the title.
 *
 * @throws HubError `BadRequest` if the title is empty
 */
export function commitMessage(summary: string, description = ''): CommitMessage {
  const [title = '', ...more] = normalize(summary).split('\n');
  if (title === '') throw new HubError('BadRequest', 'A commit needs a summary');
  return { title: title.trimEnd(), description: normalize([...more, '', description].join('\n')) };
}

/** The message of an annotated tag; empty for a lightweight tag. */
export const tagMessage = (message: string): string => normalize(message);

/** Git messages contain no NUL and use LF line ends. */
const normalize = (text: string): string => text.replaceAll('\0', '').replaceAll(/\r\n?/g, '\n').trim();

/** Removes characters from a name that are delimiters in git commits. */
export const signatureName = (name: string): string => name.replaceAll(/[<>\n\0]/g, '').trim();
