package dev.errand.broker;

/**
 * Names one take of one task. What a superseded attempt says is refused by it, and a handler can pass it on to other
 * systems as a fencing token.
 *
 * @param number grows with every take of the task, from 1
 * @param nonce tells apart two takes that a broker could not number apart
 */
public record AttemptToken(long number, long nonce) {
    @Override
    public String toString() {
        return number + "-" + Long.toHexString(nonce);
    }
}
