/** An account has another picture. */
export class AvatarDto {
  success: boolean;

  /** Where it is: another URL than the one before. */
  avatarUrl: string;
}
