/** Segments without characters that have a meaning in HTML, cookies or headers, and none that is `.` or `..`. */
const PREFIX = /^(?:\/(?!\.\.?(?:\/|$))[\w.~-]+)*\/?$/;

/** Whether a text can be the path prefix of the hub behind a reverse proxy, such as `/tools/hub`. */
export const isPathPrefix = (text: string): boolean => PREFIX.test(text);
