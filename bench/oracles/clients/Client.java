import java.io.FileInputStream;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A stock client for the oracles: java.net.http over JSSE, and nothing of ours in between.
 *
 * <p>Exit status 0: answered 2xx. 22: answered otherwise. 1: the connection or the handshake failed.
 */
public final class Client {
  private static final char[] NO_PASSWORD = {};

  public static void main(String[] args) throws Exception {
    if (args[0].equals("--about")) {
      System.out.println("Java " + Runtime.version() + " java.net.http, JSSE");
      return;
    }
    Map<String, String> options = new HashMap<>();
    for (int i = 0; i + 1 < args.length; i += 2) options.put(args[i], args[i + 1]);
    try {
      System.exit(send(options));
    } catch (Exception error) {
      System.err.println(error);
      System.exit(1);
    }
  }

  private static int send(Map<String, String> options) throws Exception {
    // The JDK reads its own store from no variable: the host's stand-in is read as OpenSSL and Go read it.
    String anchors = options.getOrDefault("--ca", System.getenv("SSL_CERT_FILE"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(storeOf(certificates(anchors)));
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(identity(options), NO_PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);

    HttpRequest request =
        HttpRequest.newBuilder(URI.create(options.get("--url")))
            .header("Content-Type", options.get("--content-type"))
            .timeout(Duration.ofSeconds(5))
            .POST(HttpRequest.BodyPublishers.ofFile(Path.of(options.get("--body"))))
            .build();
    HttpClient client =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).sslContext(context).build();
    int status = client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    return status >= 200 && status < 300 ? 0 : 22;
  }

  private static KeyStore identity(Map<String, String> options) throws Exception {
    KeyStore store = storeOf(new Certificate[0]);
    if (!options.containsKey("--cert")) return store;
    Certificate[] chain = certificates(options.get("--cert"));
    String pem = Files.readString(Path.of(options.get("--key")));
    byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[^-]+-----", ""));
    PrivateKey key =
        KeyFactory.getInstance(chain[0].getPublicKey().getAlgorithm())
            .generatePrivate(new PKCS8EncodedKeySpec(der));
    store.setKeyEntry("client", key, NO_PASSWORD, chain);
    return store;
  }

  private static KeyStore storeOf(Certificate[] trusted) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    for (int i = 0; i < trusted.length; i++) store.setCertificateEntry("root-" + i, trusted[i]);
    return store;
  }

  private static Certificate[] certificates(String path) throws Exception {
    try (InputStream file = new FileInputStream(path)) {
      Collection<? extends Certificate> all =
          CertificateFactory.getInstance("X.509").generateCertificates(file);
      return all.toArray(new Certificate[0]);
    }
  }
}
