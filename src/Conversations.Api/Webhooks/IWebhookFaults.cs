namespace Conversations.Api.Webhooks;

/// <summary>Answers in place of receivers. None is registered unless /control is on.</summary>
public interface IWebhookFaults
{
    /// <returns>Null: the receiver is called.</returns>
    ValueTask<WebhookAnswer?> AnswerAsync(
        string accountSid,
        string url,
        IReadOnlyList<KeyValuePair<string, string>> form,
        CancellationToken cancellationToken
    );
}
