using Conversations.Tests.Webhooks;

namespace Conversations.Tests.Security;

/// <summary>
/// Identities, addresses and attributes are personal data. After a delete no table contains them, once the events are
/// delivered.
/// </summary>
public sealed class RetentionTests
{
    [Theory, EveryResource]
    public async Task Delete_leaves_no_data_of_the_row_in_any_table(Store store, string resource)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        await using var hooked = await Hooked.NewAsync(twilio);
        var rows = await MakeAsync(hooked);
        var (secret, phone) = (rows.Sample.Text, rows.Sample.Phone);
        var deleted = Resources.At(resource);

        foreach (var path in rows.RowPathsOf(deleted))
        {
            (await hooked.Twilio.DeleteAsync(path)).NoContent();
        }

        await Hooked.EmptyAsync(twilio);

        // Rows that are not deleted with it are independent resources and stay.
        var (named, reached) = (
            await Rows.WithAsync(twilio.Server, secret),
            await Rows.WithAsync(twilio.Server, phone)
        );
        var kept = Resources.All.Where(one => one.PersonalColumns is not [] && !one.GoesWith(deleted));
        Assert.Equal(
            kept.Select(one => one.Table).Order(StringComparer.Ordinal),
            named.Select(row => row.Split(':')[0]).Distinct().Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            Resources.Participants.GoesWith(deleted) ? [] : ["participants"],
            reached.Select(row => row.Split(':')[0]).Distinct()
        );
        Assert.DoesNotContain(
            await Rows.WithAsync(twilio.Server, twilio.AccountSid),
            row => row.StartsWith("webhook_deliveries", StringComparison.Ordinal)
        );
        if (deleted == Resources.Users || deleted == Resources.UserConversations)
        {
            Assert.DoesNotContain(
                named.Where(row => deleted == Resources.Users || !row.StartsWith("users:", StringComparison.Ordinal)),
                row => row.Contains($"identity={secret}", StringComparison.Ordinal)
            );
        }
    }

    /// <summary>A new column with personal data must be added to the table <see cref="Resources"/>.</summary>
    [Theory, OnEachStore]
    public async Task Only_these_columns_contain_personal_data(Store store)
    {
        await using var hooked = await Hooked.NewAsync(store);
        var rows = await MakeAsync(hooked);
        await Hooked.EmptyAsync(hooked.Plain);

        var server = hooked.Plain.Server;
        var found = (await Rows.ColumnsWithAsync(server, rows.Sample.Text)).Union(
            await Rows.ColumnsWithAsync(server, rows.Sample.Phone)
        );
        Assert.Equal(
            Resources
                .All.SelectMany(resource => resource.PersonalColumns.Select(column => $"{resource.Table}.{column}"))
                .Order(StringComparer.Ordinal),
            found.Order(StringComparer.Ordinal)
        );
    }

    [Theory, OnEachStore]
    public async Task Settings_written_while_their_service_is_deleted_do_not_outlive_it(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        for (var round = 0; round < 10; round++)
        {
            var service = await twilio.NewServiceAsync();
            await Task.WhenAll([
                twilio.DeleteAsync($"/v1/Services/{service}"),
                .. Enumerable
                    .Range(0, 4)
                    .Select(_ =>
                        twilio.PostAsync(
                            $"/v1/Services/{service}/Configuration/Webhooks",
                            ("PostWebhookUrl", "http://receiver.invalid/")
                        )
                    ),
            ]);

            Assert.Empty(await Rows.WithAsync(twilio.Server, service));
        }
    }

    // In a service that is not the account's default. Its events go to the receiver as well.
    private static Task<SampleRows> MakeAsync(Hooked hooked)
    {
        var secret = $"secret{Guid.NewGuid():N}";
        Sample sample = new(secret, secret, $"+1555{Random.Shared.Next(2_000_000, 10_000_000)}")
        {
            Url = hooked.Receiver.Url($"/{secret}"),
            Filters = Hooked.AllEvents,
        };
        return SampleRows.MakeAsync(hooked.Twilio.GetAsync, hooked.Twilio.PostAsync, sample);
    }
}
