package dev.errand.examples.orders;

/**
 * An order, and the payload of its confirmation.
 *
 * @param orderId names the order
 * @param email where the confirmation goes
 * @param item what was ordered
 * @param quantity how many of it
 */
public record OrderPlaced(String orderId, String email, String item, int quantity) {}
