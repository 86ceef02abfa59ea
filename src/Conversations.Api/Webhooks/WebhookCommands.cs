using System.Globalization;

namespace Conversations.Api.Webhooks;

/// <summary>
/// The operator's commands for dead-lettered deliveries. They run beside a running server: <c>webhooks</c> lists the
/// deliveries, <c>webhooks resend</c> puts all of them back in their queues, <c>webhooks discard</c> deletes all of
/// them. <c>webhooks resend 17</c> and <c>webhooks discard 17</c> do the same for one delivery.
/// </summary>
public static class WebhookCommands
{
    /// <summary>Whether the arguments are one of the commands.</summary>
    public static bool IsCommand(IReadOnlyList<string> arguments) =>
        arguments is ["webhooks"] or ["webhooks", "resend" or "discard"]
        || (
            arguments is ["webhooks", "resend" or "discard", var text]
            && long.TryParse(text, CultureInfo.InvariantCulture, out _)
        );

    /// <param name="command">One of the commands, see <see cref="IsCommand"/>.</param>
    /// <returns>The process's exit code.</returns>
    public static async Task<int> RunAsync(IHost host, string[] command)
    {
        await using var scope = host.Services.CreateAsyncScope();
        var deadLetters = scope.ServiceProvider.GetRequiredService<DeadLetters>();
        switch (command[1..])
        {
            case []:
                foreach (var delivery in await deadLetters.ListAsync(CancellationToken.None))
                {
                    await System.Console.Out.WriteLineAsync(Line(delivery));
                }

                return 0;
            case ["resend" or "discard"]:
                await System.Console.Out.WriteLineAsync(
                    Done(command[1], await EndAsync(deadLetters, command[1], id: null))
                );
                return 0;
            default:
                var count = await EndAsync(
                    deadLetters,
                    command[1],
                    long.Parse(command[2], CultureInfo.InvariantCulture)
                );
                await System.Console.Out.WriteLineAsync(
                    count > 0 ? Done(command[1], count) : "No such delivery is dead-lettered."
                );
                return count > 0 ? 0 : 1;
        }
    }

    private static Task<int> EndAsync(DeadLetters deadLetters, string command, long? id) =>
        command == "resend"
            ? deadLetters.ResendAsync(id, CancellationToken.None)
            : deadLetters.DiscardAsync(id, CancellationToken.None);

    private static string Done(string command, int count) =>
        command == "resend" ? $"{count} to send again" : $"{count} discarded";

    private static string Line(WebhookDelivery delivery) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{delivery.Id}\t{delivery.DateDeadLettered:u}\t{delivery.EventType}\t"
                + $"{delivery.Queue.Split(' ')[0]} {delivery.Url}\t{delivery.Attempts} attempts\t{delivery.LastError}"
        );
}
