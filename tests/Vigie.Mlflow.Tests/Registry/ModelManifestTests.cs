using System.Security.Cryptography;
using Microsoft.Extensions.Time.Testing;

namespace Vigie.Mlflow.Tests.Registry;

public sealed class ModelManifestTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("vigie-manifest-").FullName;
    private readonly string model;
    private readonly SigningKey key;

    public ModelManifestTests()
    {
        model = Path.Combine(root, "model");
        Directory.CreateDirectory(Path.Combine(model, "данные"));
        File.WriteAllText(Path.Combine(model, "MLmodel"), "flavors: {}");
        File.WriteAllBytes(Path.Combine(model, "данные", "w.bin"), [.. Enumerable.Range(0, 200_000).Select(i => (byte)i)]);
        File.WriteAllText(Path.Combine(model, "empty"), "");
        key = SigningKey.LoadOrCreate(Path.Combine(root, "keys", "signing.pem"));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        key.Dispose();
        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public async Task What_was_signed_is_verified_by_the_public_half()
    {
        (ModelManifest signed, string digest) = await SignAsync();
        VerifyingKey published = VerifyingKey.Load(Path.Combine(root, "keys", "signing.pem.pub"));

        ModelManifest verified = await ModelManifest.VerifyAsync(model, [published], digest, Cancel);

        Assert.Equal(["MLmodel", "empty", "данные/w.bin"], verified.Files.Select(file => file.Path));
        Assert.Equal(200_000, verified.Files[2].Bytes);
        Assert.Equal(("2026-03-01T12:00:00Z", published.Id), (signed.SignedAt, signed.KeyId));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(model, "manifest.signed.json"), Cancel))), digest);
        await SignAsync(); // again, over the old manifest
        await ModelManifest.VerifyAsync(model, [published], cancellation: Cancel);
    }

    [Fact]
    public async Task Every_file_that_differs_is_named()
    {
        await SignAsync();
        byte[] weights = await File.ReadAllBytesAsync(Path.Combine(model, "данные", "w.bin"), Cancel);
        weights[^1] ^= 1;
        await File.WriteAllBytesAsync(Path.Combine(model, "данные", "w.bin"), weights, Cancel);
        File.Delete(Path.Combine(model, "empty"));
        await File.AppendAllTextAsync(Path.Combine(model, "MLmodel"), " ", Cancel);
        Directory.CreateDirectory(Path.Combine(model, ".hidden"));
        await File.WriteAllTextAsync(Path.Combine(model, ".hidden", "code.py"), "", Cancel);

        string message = await RefusedAsync();

        foreach (string named in (string[])["данные/w.bin has other content", "empty is missing", "MLmodel has 12 bytes instead of 11", ".hidden/code.py was added"]) Assert.Contains(named, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"bytes\": 11", "\"bytes\": 12")]
    [InlineData("MLmodel", "MLmodeI")]
    [InlineData("2026-03-01", "2027-03-01")]
    [InlineData("\"signature\": \"", "\"signature\": \"A")]
    [InlineData("\"signature\": \"", "\"signature\": \"%")]
    [InlineData("\"format\": 1", "\"format\": 2")]
    [InlineData("{", "[")]
    [InlineData("\"files\": [", "\"files\": [null, ")]
    public async Task A_manifest_that_was_changed_is_refused(string from, string to)
    {
        await SignAsync();
        string path = Path.Combine(model, ModelManifest.FileName), text = await File.ReadAllTextAsync(path, Cancel);
        int at = text.IndexOf(from, StringComparison.Ordinal);
        Assert.True(at >= 0);
        await File.WriteAllTextAsync(path, text[..at] + to + text[(at + from.Length)..], Cancel);
        Assert.Contains(root, await RefusedAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_key_another_digest_or_no_manifest_is_refused()
    {
        Assert.Contains("there is no manifest.signed.json", await RefusedAsync(), StringComparison.Ordinal);
        await SignAsync();
        using SigningKey other = SigningKey.LoadOrCreate(Path.Combine(root, "keys", "other.pem"));
        Assert.Contains(key.Public.Id, (await Assert.ThrowsAsync<ManifestException>(() => ModelManifest.VerifyAsync(model, [other.Public], cancellation: Cancel))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ManifestException>(() => ModelManifest.VerifyAsync(model, [], cancellation: Cancel));
        Assert.Contains("another version", (await Assert.ThrowsAsync<ManifestException>(() => ModelManifest.VerifyAsync(model, [key.Public], new string('0', 64), Cancel))).Message, StringComparison.Ordinal);
        await ModelManifest.VerifyAsync(model, [other.Public, key.Public], cancellation: Cancel);
    }

    [Fact]
    public async Task Links_are_neither_signed_nor_verified()
    {
        await SignAsync();
        File.CreateSymbolicLink(Path.Combine(model, "link"), "/etc/passwd");
        Assert.Contains("link is a link", await RefusedAsync(), StringComparison.Ordinal);
        await Assert.ThrowsAsync<ManifestException>(SignAsync);
    }

    [Fact]
    public async Task An_empty_or_missing_folder_is_not_signed()
    {
        string empty = Directory.CreateDirectory(Path.Combine(root, "empty")).FullName;
        await Assert.ThrowsAsync<ManifestException>(() => ModelManifest.SignAsync(empty, key, TimeProvider.System, Cancel));
        await Assert.ThrowsAsync<DirectoryNotFoundException>(() => ModelManifest.SignAsync(Path.Combine(root, "nowhere"), key, TimeProvider.System, Cancel));
    }

    [Fact]
    public void A_key_is_made_once_and_is_its_owners_alone()
    {
        string path = Path.Combine(root, "k", "raced.pem");
        string[] ids = new string[8];
        Parallel.For(0, ids.Length, i =>
        {
            using SigningKey made = SigningKey.LoadOrCreate(path);
            ids[i] = made.Public.Id;
        });
        Assert.Single(ids.Distinct());
        Assert.Equal(["raced.pem", "raced.pem.pub"], Directory.GetFiles(Path.Combine(root, "k")).Select(Path.GetFileName).Order());
        Assert.Equal(ids[0], VerifyingKey.Load(path + ".pub").Id);
        Assert.Equal(ids[0], VerifyingKey.Load(path).Id);
        if (OperatingSystem.IsWindows()) return;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Assert.Contains("chmod 600", Assert.Throws<ManifestException>(() => SigningKey.Load(path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no key")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----")]
    public void A_file_that_is_no_key_is_refused(string text)
    {
        string path = Path.Combine(root, "bad.pem");
        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead);
        Assert.Throws<ManifestException>(() => SigningKey.Load(path));
        Assert.Throws<ManifestException>(() => VerifyingKey.Load(path));
        using RSA rsa = RSA.Create(2048);
        using ECDsa curve = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        foreach (string pem in (string[])[rsa.ExportSubjectPublicKeyInfoPem(), curve.ExportSubjectPublicKeyInfoPem()]) Assert.Throws<ManifestException>(() => VerifyingKey.Parse(pem));
        using ECDsa whole = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.Delete(path);
        File.WriteAllText(path, whole.ExportSubjectPublicKeyInfoPem());
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead);
        Assert.Throws<ManifestException>(() => SigningKey.Load(path)); // the public half signs nothing
    }

    private Task<(ModelManifest Manifest, string Digest)> SignAsync() =>
        ModelManifest.SignAsync(model, key, new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero)), Cancel);

    private async Task<string> RefusedAsync() => (await Assert.ThrowsAsync<ManifestException>(() => ModelManifest.VerifyAsync(model, [key.Public], cancellation: Cancel))).Message;
}
