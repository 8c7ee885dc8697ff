/** Tests of what people and programs read. */
package dev.errand.cli.text;
