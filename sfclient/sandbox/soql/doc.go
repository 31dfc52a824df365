// Package soql reads the query language of Salesforce into a tree. It knows words,
// not orgs: which objects and fields there are is the caller's business. The part of
// the language read here is what salesforce.md section 7.1 asks for, with child
// queries, semi-joins and date ranges; not GROUP BY, HAVING, TYPEOF, aliases or WITH.
package soql
