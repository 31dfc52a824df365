// Writes records with jsforce, the library that most programs in JavaScript talk to
// Salesforce with: node bench.mjs URL RECORDS. Prints how many seconds that took.
import jsforce from 'jsforce';

const [loginUrl, records] = process.argv.slice(2);
const redirectUri = 'http://localhost:17170/callback';
const oauth2 = new jsforce.OAuth2({ loginUrl, clientId: 'KEY', redirectUri, useVerifier: true });
const conn = new jsforce.Connection({ oauth2, version: '66.0' });
const answer = await fetch(oauth2.getAuthorizationUrl({ scope: 'api', state: 'st' }), { redirect: 'manual' });
await conn.authorize(new URL(answer.headers.get('location')).searchParams.get('code'));

const contact = await conn.sobject('Contact').findOne({ Email: 'p1@kunde.test' });
const text = 'Please find the brochure that we spoke of. '.repeat(16);
const calls = Array.from({ length: records / 200 }, (_, call) => Array.from({ length: 200 }, (_, row) => ({
  Subject: `Brochure ${call * 200 + row}`, Status: 'Completed', ActivityDate: '2026-11-22', Type: 'Email',
  Description: text, WhoId: contact.Id, fieldpost_Key__c: `jsforce-${call}-${row}`,
})));

// Two calls at once, as the drain makes them.
const began = performance.now();
await Promise.all([0, 1].map(async () => {
  for (let rows = calls.pop(); rows; rows = calls.pop()) {
    const results = await conn.sobject('Task').create(rows);
    if (!results.every((result) => result.success)) throw new Error(JSON.stringify(results.find((result) => !result.success)));
  }
}));
console.log((performance.now() - began) / 1000);
