using System.Globalization;

namespace Conversations.Api.Webhooks;

/// <summary>
/// What an operator can do about deliveries that were given up, from the command line and beside a running server: <c>webhooks</c> lists them,
/// <c>webhooks resend</c> puts all of them back in their queues, <c>webhooks resend 17</c> one.
/// </summary>
public static class WebhookCommands
{
    /// <summary>The command's words among the arguments, which may have settings before and after; null when there is no command.</summary>
    public static string[]? Of(string[] arguments)
        => arguments.Contains("webhooks") ? [.. arguments.SkipWhile(word => word != "webhooks").TakeWhile(word => !word.StartsWith('-'))] : null;

    /// <returns>The process's exit code.</returns>
    public static async Task<int> RunAsync(IHost host, string[] command)
    {
        await using var scope = host.Services.CreateAsyncScope();
        var outbox = scope.ServiceProvider.GetRequiredService<WebhookOutbox>();
        switch (command[1..])
        {
            case []:
                foreach (var delivery in await outbox.SetAsideAsync(CancellationToken.None))
                {
                    await Console.Out.WriteLineAsync(Line(delivery));
                }

                return 0;
            case ["resend"]:
                var count = await outbox.ResendAsync(null, CancellationToken.None);
                await Console.Out.WriteLineAsync($"{count} to send again");
                return 0;
            case ["resend", var text] when long.TryParse(text, CultureInfo.InvariantCulture, out var id):
                var found = await outbox.ResendAsync(id, CancellationToken.None) > 0;
                await Console.Out.WriteLineAsync(found ? "1 to send again" : "No such delivery was set aside.");
                return found ? 0 : 1;
            default:
                await Console.Error.WriteLineAsync("webhooks | webhooks resend | webhooks resend ID");
                return 2;
        }
    }

    private static string Line(WebhookDelivery delivery) => string.Create(
        CultureInfo.InvariantCulture,
        $"{delivery.Id}\t{delivery.DateSetAside:u}\t{delivery.EventType}\t{delivery.Queue}\t{delivery.Attempts} attempts\t{delivery.LastError}");
}
