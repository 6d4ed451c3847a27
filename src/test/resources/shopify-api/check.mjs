// Signs and validates with Shopify's own library: one JSON request a line in, one answer a line out.
import '@shopify/shopify-api/adapters/node';
import { ApiVersion, shopifyApi } from '@shopify/shopify-api';
import { createSHA256HMAC } from '@shopify/shopify-api/runtime';
import { createInterface } from 'node:readline';

const secret = process.env.SECRET;
const shopify = shopifyApi({
	apiKey: 'key',
	apiSecretKey: secret,
	apiVersion: Object.values(ApiVersion)[0],
	hostName: 'hooks.example.com',
	isEmbeddedApp: false,
	logger: { log: () => {} },
});

for await (const line of createInterface({ input: process.stdin })) {
	const { sign, body, headers } = JSON.parse(line);
	const rawBody = Buffer.from(body, 'base64').toString();
	const answer = sign
		? { signature: await createSHA256HMAC(secret, rawBody) }
		: await shopify.webhooks.validate({
				rawBody,
				rawRequest: { method: 'POST', url: '/webhook', headers },
				rawResponse: {},
			});
	console.log(JSON.stringify(answer));
}
