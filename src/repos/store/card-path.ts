/** Path of a repository's card. */
export const CARD_PATH = 'README.md';
