/** The result of an avatar upload. */
export class AvatarDto {
  success: boolean;

  /** URL of the new avatar; changes with every upload. */
  avatarUrl: string;
}
