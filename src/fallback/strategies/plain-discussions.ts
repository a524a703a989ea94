import { countOf, fieldsOf, type Fields } from '../../domain/read-fields.js';
import { isCount, isDate, isFlag, isObject, isPresent, isText, objectWith, type Check } from './field-checks.js';

const isAuthor: Check = (value) => value === undefined || isObject(value);

const isDiscussion = objectWith({
  title: isText,
  num: isCount,
  createdAt: isDate,
  status: isText,
  isPullRequest: isFlag,
  repo: objectWith({ name: isText, type: isText }),
  author: isAuthor,
});

const isEvent = objectWith({ id: isText, type: isText, createdAt: isDate, author: isAuthor });

const EVENT_DATA: Readonly<Record<string, Check>> = {
  comment: objectWith({ edited: isPresent, hidden: isPresent, latest: objectWith({ raw: isText }) }),
  'status-change': objectWith({ status: isText }),
  commit: objectWith({ subject: isText, oid: isText }),
  'title-change': objectWith({ from: isText, to: isText }),
};

/** Discussions or a single one, without the entries and events in which something is missing that clients read. */
export function plainDiscussions(reply: Fields): Record<string, unknown> {
  return Array.isArray(reply['discussions']) ? plainPage(reply, reply['discussions']) : plainDetails(reply);
}

/** The number of all discussions is reduced by those left out, since clients request pages until they have as many. */
function plainPage(reply: Fields, all: readonly unknown[]): Record<string, unknown> {
  const discussions = all.filter(isDiscussion);
  const start = countOf(reply['start']) ?? 0;
  const count = countOf(reply['count']) ?? start + all.length;
  return { ...reply, discussions, start, count: Math.max(count - (all.length - discussions.length), 0) };
}

function plainDetails(reply: Fields): Record<string, unknown> {
  const { events } = reply;
  if (events === undefined) return { ...reply };
  return { ...reply, events: (Array.isArray(events) ? events : []).filter(isCompleteEvent) };
}

function isCompleteEvent(event: unknown): boolean {
  if (!isEvent(event)) return false;
  const { type, data } = fieldsOf(event) as { type: string; data?: unknown };
  return Object.hasOwn(EVENT_DATA, type) ? EVENT_DATA[type]!(data) : true;
}
