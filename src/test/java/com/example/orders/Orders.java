package com.example.orders;

/// Where orders are booked: in one transaction with the key, and once for each key.
interface Orders {

	void book(String idempotencyKey, long orderId, String shop);

}
