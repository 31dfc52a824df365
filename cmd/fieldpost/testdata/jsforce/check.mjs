// Drives a sandbox with jsforce, a Salesforce client that knows nothing of ours:
// node check.mjs URL. Prints one line per step; a failed step ends with status 1.
import assert from 'node:assert/strict';
import jsforce from 'jsforce';

const loginUrl = process.argv[2];
const redirectUri = 'http://localhost:17170/callback';
const oauth2 = new jsforce.OAuth2({ loginUrl, clientId: 'KEY', redirectUri, useVerifier: true });
const conn = new jsforce.Connection({ oauth2, version: '66.0' });

async function step(name, run) {
  await run();
  console.log('ok', name);
}

await step('sign in with PKCE', async () => {
  const url = oauth2.getAuthorizationUrl({ scope: 'api refresh_token', state: 'st' });
  const answer = await fetch(url, { redirect: 'manual' });
  assert.equal(answer.status, 302);
  const back = new URL(answer.headers.get('location'));
  assert.equal(back.searchParams.get('state'), 'st');
  const user = await conn.authorize(back.searchParams.get('code'));
  assert.match(user.id, /^005\w{15}$/);
  assert.match(user.organizationId, /^00D\w{15}$/);
  assert.ok(conn.refreshToken);
});

await step('identity', async () => {
  assert.equal((await conn.identity()).username, 'ana.ruiz@acme.example');
});

await step('describe', async () => {
  const task = await conn.describe('Task');
  const key = task.fields.find((field) => field.name === 'fieldpost_Key__c');
  assert.ok(key.externalId && key.unique && key.createable);
  assert.equal(task.fields.find((field) => field.name === 'Description').filterable, false);
  const global = await conn.describeGlobal();
  assert.ok(global.sobjects.find((object) => object.name === 'Visit__c' && object.searchable));
});

const contact = await conn.sobject('Contact').findOne({ Email: 'helene.lefevre@saint-eloi.example' });
let task;

await step('create', async () => {
  task = await conn.sobject('Task').create({
    Subject: 'Brochure à envoyer', Status: 'Completed', ActivityDate: '2026-11-22', WhoId: contact.Id, fieldpost_Key__c: 'one',
  });
  assert.ok(task.success);
  assert.match(task.id, /^00T\w{15}$/);
  const read = await conn.sobject('Task').retrieve(task.id);
  assert.equal(read.IsClosed, true);
  assert.equal(read.AccountId, contact.AccountId);
});

await step('a refusal has its code', async () => {
  await assert.rejects(
    conn.sobject('Task').create({ Subject: 'again', fieldpost_Key__c: 'one' }),
    (error) => error.errorCode === 'DUPLICATE_VALUE' && error.message.includes(task.id),
  );
  await assert.rejects(conn.query("SELECT Id FROM Task WHERE Description = 'x'"), { errorCode: 'INVALID_FIELD' });
});

await step('create a collection', async () => {
  const results = await conn.sobject('Event').create([
    { Subject: 'Visit', StartDateTime: '2026-11-22T13:00:00Z', DurationInMinutes: 30 },
    { Subject: 'No end', StartDateTime: '2026-11-22T13:00:00Z' },
  ]);
  assert.deepEqual(results.map((result) => result.success), [true, false]);
  assert.equal(results[1].errors[0].statusCode, 'FIELD_INTEGRITY_EXCEPTION');
});

await step('upsert', async () => {
  const row = { Subject: 'two', fieldpost_Key__c: 'two' };
  const first = await conn.sobject('Task').upsert(row, 'fieldpost_Key__c');
  assert.equal(first.created, true);
  const second = await conn.sobject('Task').upsert({ ...row, Subject: 'three' }, 'fieldpost_Key__c');
  assert.equal(second.created, false);
  assert.equal(second.id, first.id);
  const rows = await conn.sobject('Task').upsert([row, { ...row, fieldpost_Key__c: 'four' }], 'fieldpost_Key__c');
  assert.deepEqual(rows.map((each) => each.created), [false, true]);
});

await step('query with pages', async () => {
  const rows = Array.from({ length: 200 }, (_, i) => ({ LastName: `Page ${i}` }));
  for (let i = 0; i < 3; i++) {
    assert.ok((await conn.sobject('Lead').create(rows.map((row) => ({ ...row, Company: `C${i}` })))).every((each) => each.success));
  }
  let page = await conn.query("SELECT Id, Name FROM Lead WHERE LastName LIKE 'Page%' ORDER BY Name", { headers: { 'Sforce-Query-Options': 'batchSize=200' } });
  assert.equal(page.totalSize, 600);
  const found = [...page.records];
  while (!page.done) {
    page = await conn.queryMore(page.nextRecordsUrl);
    found.push(...page.records);
  }
  assert.equal(new Set(found.map((row) => row.Id)).size, 600);
  const joined = await conn.query(`SELECT Who.Name, Owner.Username FROM Task WHERE Id = '${task.id}'`);
  assert.equal(joined.records[0].Who.Name, 'Hélène Lefèvre');
});

await step('search', async () => {
  const { searchRecords } = await conn.search('FIND {lefev*} IN NAME FIELDS RETURNING Contact(Id, Name)');
  assert.equal(searchRecords[0].Id, contact.Id);
});

await step('update and delete', async () => {
  await conn.sobject('Task').update({ Id: task.id, Subject: 'changed' });
  assert.equal((await conn.sobject('Task').retrieve(task.id)).Subject, 'changed');
  const gone = await conn.sobject('Task').delete(task.id);
  assert.ok(gone.success);
  await assert.rejects(conn.sobject('Task').delete(task.id), { errorCode: 'ENTITY_IS_DELETED' });
  const { deletedRecords } = await conn.sobject('Task').deleted(new Date(Date.now() - 3600e3), new Date(Date.now() + 60e3));
  assert.equal(deletedRecords[0].id, task.id);
});

await step('limits', async () => {
  assert.ok((await conn.limits()).DailyApiRequests.Remaining > 0);
  assert.ok(conn.limitInfo.apiUsage.used > 10);
});

await step('refresh by itself after a dead session', async () => {
  conn.accessToken = 'dead';
  await conn.query('SELECT Id FROM Account');
  assert.notEqual(conn.accessToken, 'dead');
  const fresh = await oauth2.refreshToken(conn.refreshToken);
  assert.ok(fresh.access_token);
});

await step('revoke', async () => {
  const { refreshToken } = conn;
  await conn.logout(true);
  await assert.rejects(oauth2.refreshToken(refreshToken), { name: 'invalid_grant' });
});
