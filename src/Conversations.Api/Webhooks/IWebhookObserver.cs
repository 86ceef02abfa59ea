namespace Conversations.Api.Webhooks;

/// <summary>Hears of every call to a receiver, after its answer. None is registered unless a journal is kept.</summary>
public interface IWebhookObserver
{
    void Called(WebhookCall sent);
}
