using Conversations.Api.Data;

namespace Conversations.Api.Accounts;

/// <summary>The accounts of the configuration, checked at start: a mistake there is an error with a sentence, not a default.</summary>
public static class AccountRegistration
{
    public static IServiceCollection AddAccounts(this IServiceCollection services, IConfiguration configuration, IHostEnvironment environment)
    {
        // An entry without text is none: docker-compose.yml passes variables on that may not be set.
        IReadOnlyList<AccountOptions> accounts = [.. (configuration.GetSection("Accounts").Get<AccountOptions[]>() ?? []).Where(account => account.Sid + account.AuthToken != "")];
        if (accounts is [] && environment.IsDevelopment())
        {
            accounts = [AccountOptions.BuiltIn];
        }

        Check(accounts, environment);
        return services.AddSingleton(accounts).AddSingleton(new Credentials(accounts)).AddScoped<AccountSetup>();
    }

    private static void Check(IReadOnlyList<AccountOptions> accounts, IHostEnvironment environment)
    {
        Require(accounts is not [], $"No account is configured. Outside Development ({environment.EnvironmentName} now) there is no built-in one: set Accounts__0__Sid and Accounts__0__AuthToken.");
        foreach (var (i, account) in accounts.Index())
        {
            Require(Sid.Is("AC", account.Sid), $"Accounts__{i}__Sid must be AC and 32 hexadecimal digits.");
            Require(account.AuthToken.Length > 0, $"Accounts__{i}__AuthToken is missing.");
            Require(environment.IsDevelopment() || account.AuthToken != AccountOptions.BuiltIn.AuthToken, $"Accounts__{i}__AuthToken is the one printed in the README. Everybody knows it: choose another.");
            foreach (var (k, key) in (account.ApiKeys ?? []).Index())
            {
                Require(Sid.Is("SK", key.Sid), $"Accounts__{i}__ApiKeys__{k}__Sid must be SK and 32 hexadecimal digits.");
                Require(key.Secret.Length > 0, $"Accounts__{i}__ApiKeys__{k}__Secret is missing.");
                Require(environment.IsDevelopment() || key.Secret != AccountOptions.BuiltIn.AuthToken, $"Accounts__{i}__ApiKeys__{k}__Secret is the token printed in the README. Everybody knows it: choose another.");
            }
        }

        var sids = accounts.SelectMany(account => (account.ApiKeys ?? []).Select(key => key.Sid).Prepend(account.Sid)).ToList();
        Require(sids.Distinct().Count() == sids.Count, "Two accounts or API keys have the same SID.");
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new ConfigurationException(message);
        }
    }
}
