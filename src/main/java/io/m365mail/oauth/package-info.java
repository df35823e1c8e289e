/** Access tokens for SMTP: fetched from Microsoft Entra by the client credentials grant, cached and renewed in time. */
package io.m365mail.oauth;
