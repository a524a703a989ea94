/** A caller's like of a repository. */
export class LikeStateDto {
  /** Whether the caller likes the repository. */
  liked: boolean;

  /** Number of users who like it. */
  likes: number;
}
