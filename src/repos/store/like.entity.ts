import { Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { AccountEntity } from '../../users/account.entity.js';
import { RepoEntity } from './repo.entity.js';

/** A user's like of a repository. A trigger keeps the number of likes in `repositories.likes`. */
@Entity('likes')
@Unique('uq_likes_repository_account', ['repositoryId', 'accountId'])
@Index('ix_likes_account', ['accountId', 'id'])
export class LikeEntity {
  /** In the order in which repositories were liked. */
  @PrimaryGeneratedColumn({ primaryKeyConstraintName: 'pk_likes' })
  id: number;

  @Column('integer', { name: 'repository_id' })
  @ForeignKey(() => RepoEntity, { name: 'fk_likes_repository', onDelete: 'CASCADE' })
  repositoryId: number;

  @Column('integer', { name: 'account_id' })
  @ForeignKey(() => AccountEntity, { name: 'fk_likes_account', onDelete: 'CASCADE' })
  accountId: number;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;
}
