/** Text of one `explain` topic. `{name}` is replaced by a value of the user's own run. */
export interface TopicText {
  readonly title: string;
  readonly text: string;
  readonly reads?: string;
  readonly writes?: string;
  /** Other names of the topic in this language; `explain` accepts any of them. */
  readonly aliases?: readonly string[];
}
