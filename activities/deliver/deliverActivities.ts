export type AttemptInput = Readonly<{
  deliveryId: string;
  /** The pause after this attempt unless the target asks for a longer one. */
  pauseMs: number;
  /** Time that is left for further attempts. */
  remainingMs: number;
}>;

export type AttemptResult = Readonly<{
  state: 'pending' | 'delivered' | 'failed';
  /** Until the next attempt; null when there is none. */
  afterMs: number | null;
  /** Why it is not delivered, for whoever looks at the workflow. Deliveries that began before this was told have none. */
  reason?: string | null;
}>;

/** What the deliver workflow may ask for. */
export type DeliverActivities = {
  attemptDelivery(input: AttemptInput): Promise<AttemptResult>;
};
